package dev.landwaiter.fuzzing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Calls a fuzz target not only with a seed but with mutations of it: in the build, where Jazzer itself only runs the seeds. Their number
 * is bounded and they are always the same, so that a build fails for everybody or for nobody.
 */
final class MutatedSeeds implements InvocationInterceptor {
    /** Of each seed; {@code -Dfuzz.mutations} looks further. */
    private static final int MUTATIONS = Integer.getInteger("fuzz.mutations", 64);

    private static final boolean FUZZING = System.getenv("JAZZER_FUZZ") != null;

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        Void _ = invocation.proceed();
        if (!FUZZING && call.getArguments().getFirst() instanceof byte[] seed) {
            Method target = call.getExecutable();
            target.setAccessible(true);
            for (byte[] input : Mutations.of(seed, MUTATIONS)) {
                invoke(target, context.getRequiredTestInstance(), input);
            }
        }
    }

    private static void invoke(Method target, Object test, byte[] input) throws IllegalAccessException {
        try {
            Object _ = target.invoke(test, (Object) input);
        } catch (InvocationTargetException e) {
            throw new AssertionError(
                    "This input breaks %s; keep it as a file in %sInputs/%s/: base64 %s"
                            .formatted(
                                    target.getName(),
                                    target.getDeclaringClass().getSimpleName(),
                                    target.getName(),
                                    Base64.getEncoder().encodeToString(input)),
                    e.getCause());
        }
    }
}
