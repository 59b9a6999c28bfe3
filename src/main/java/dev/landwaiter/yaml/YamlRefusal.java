package dev.landwaiter.yaml;

/** A problem on its way out of the reader. It never leaves the package. */
final class YamlRefusal extends RuntimeException {
    private final transient YamlProblem problem;

    private YamlRefusal(YamlProblem problem) {
        super(problem.text(), null, false, false);
        this.problem = problem;
    }

    static YamlRefusal malformed(Mark mark, String why) {
        return new YamlRefusal(new YamlProblem(mark, YamlProblem.Kind.MALFORMED, why));
    }

    static YamlRefusal refused(Mark mark, String why) {
        return new YamlRefusal(new YamlProblem(mark, YamlProblem.Kind.REFUSED, why));
    }

    YamlProblem problem() {
        return problem;
    }
}
