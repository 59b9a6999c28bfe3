package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ClusterImagePolicy and ImagePolicy objects, from the API server or from files alike. It never fails: what can't be applied as written
 * becomes a broken policy that says why, and that matches no less than was meant.
 */
public final class PolicyReader {
    /** The API group and version of every kind of ours. */
    public static final String API_VERSION = "landwaiter.dev/v1alpha1";

    public static final String KIND = "ClusterImagePolicy";
    public static final String NAMESPACED_KIND = "ImagePolicy";
    public static final String TRUST_ROOT_KIND = "TrustRoot";
    public static final String EXCEPTION_KIND = "ImagePolicyException";

    /** Where the webhook runs unless a setting says otherwise. */
    private static final String USUAL_NAMESPACE = "landwaiter";

    private static final Logger LOG = LoggerFactory.getLogger(PolicyReader.class);
    private static final String UNREADABLE =
            "it can't be read: a mistake of the webhook's own, please report it with its log";

    private static final List<ImageGlob> EVERYTHING = List.of(new ImageGlob("**"));
    private static final Map<String, String> REFUSED =
            Map.of("policy", "give the authorities attestations, each with a policy of its own");
    private static final Map<String, String> REFUSED_OF_IMAGES =
            Map.of("regex", "say it with glob, where ** crosses path segments");

    private final Materials materials;
    private final String ownNamespace;
    private final Limits limits;
    private final Conditions conditions;

    /** A reader of policies that refer to no other object. */
    public PolicyReader() {
        this(Materials.NONE, USUAL_NAMESPACE, Limits.defaults());
    }

    /**
     * A reader of policies that may refer to {@code materials}.
     *
     * @param ownNamespace the webhook's, the only one whose Secrets and ConfigMaps a ClusterImagePolicy may name
     */
    public PolicyReader(Materials materials, String ownNamespace) {
        this(materials, ownNamespace, Limits.defaults());
    }

    /** As {@link #PolicyReader(Materials, String)}, of policies within {@code limits}. */
    public PolicyReader(Materials materials, String ownNamespace, Limits limits) {
        this(materials, ownNamespace, limits, new Conditions());
    }

    private PolicyReader(Materials materials, String ownNamespace, Limits limits, Conditions conditions) {
        this.materials = materials;
        this.ownNamespace = ownNamespace;
        this.limits = limits;
        this.conditions = conditions;
    }

    /** A reader that differs only in what policies may refer to, and shares what was compiled. */
    public PolicyReader over(Materials others) {
        return new PolicyReader(others, ownNamespace, limits, conditions);
    }

    /** What policies may refer to. */
    Materials materials() {
        return materials;
    }

    /** The policy that {@code object} is; {@link ImagePolicy#problem} says what is wrong with it, if anything is. */
    public ImagePolicy read(JsonNode object) {
        return guarded("policy", object, () -> new Reading(object).policy(), PolicyReader::unreadable);
    }

    /**
     * The policy that {@code object} would be, were it not for {@code why}: broken, and so a refusal of what it matches under its own mode. Its
     * authorities are not read.
     */
    public ImagePolicy readRefused(JsonNode object, String why) {
        return guarded("policy", object, () -> new Reading(object).refused(why), PolicyReader::unreadable);
    }

    /** A broken policy of {@code namespace} that stands for some that are not read: it is for all images. */
    public static ImagePolicy standIn(String namespace, String name, Mode mode, String why) {
        return new ImagePolicy(
                name,
                namespace,
                EVERYTHING,
                LabelSelector.ALL,
                mode,
                OnUnavailable.DENY,
                List.of(),
                1,
                why,
                ContentDigest.of(List.of(), 1, ""));
    }

    /** The TrustRoot that {@code object} is; {@link TrustRoot#problem} says what is wrong with it, if anything is. */
    public TrustRoot readTrustRoot(JsonNode object) {
        return guarded(
                "trust root",
                object,
                () -> TrustRootReader.read(Fields.of(object, limits), ofCluster()),
                one -> new TrustRoot(metadata(one, "name"), metadata(one, "uid"), null, UNREADABLE));
    }

    /** The exception that {@code object} is; {@link Exemption#problem} says what is wrong with it, if anything is. */
    public Exemption readExemption(JsonNode object) {
        return guarded(
                "exception",
                object,
                () -> ExemptionReader.read(Fields.of(object, limits)),
                one -> new Exemption(
                        metadata(one, "name"), Set.of(), List.of(), Set.of(), Instant.EPOCH, "", UNREADABLE));
    }

    /** One object that a mistake of ours can't cope with must not keep all the others from being read. */
    private static <T> T guarded(String what, JsonNode object, Supplier<T> reading, Function<JsonNode, T> otherwise) {
        try {
            return reading.get();
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("could not read a {}: a mistake of our own", what, e);
            return otherwise.apply(object);
        }
    }

    private static ImagePolicy unreadable(JsonNode object) {
        boolean namespaced = NAMESPACED_KIND.equals(object.path("kind").textValue());
        return new ImagePolicy(
                metadata(object, "name"),
                namespaced ? metadata(object, "namespace") : "",
                EVERYTHING,
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(),
                1,
                UNREADABLE,
                ContentDigest.of(List.of(), 1, metadata(object, "uid")));
    }

    private static String metadata(JsonNode object, String field) {
        return object.path("metadata").path(field).asText("");
    }

    private References ofCluster() {
        return new References(
                materials, ownNamespace, "Secrets and ConfigMaps are read from the webhook's own namespace alone");
    }

    private References ofNamespace(String namespace) {
        return new References(
                materials, namespace, "an ImagePolicy's Secrets and ConfigMaps are read from its own namespace alone");
    }

    /** One object being read: every problem of it is collected, so that an admin can fix them all at once. */
    private final class Reading {
        private final List<String> problems;
        private final Fields metadata;
        private final Fields spec;
        private final String namespace;
        private final References references;

        Reading(JsonNode object) {
            Fields root = Fields.of(object, limits);
            this.problems = root.problems();
            this.metadata = root.at("metadata");
            this.spec = root.at("spec");
            boolean namespaced = NAMESPACED_KIND.equals(object.path("kind").textValue());
            this.namespace =
                    namespaced ? metadata.required("namespace", "an ImagePolicy is for its own namespace") : "";
            this.references = namespaced ? ofNamespace(namespace) : ofCluster();
        }

        ImagePolicy policy() {
            String name = metadata.text("name");
            if (name.isEmpty()) {
                metadata.at("name").problem("is missing");
            }
            if (!spec.node().isObject()) {
                spec.problem("is missing");
            }
            spec.only(
                    Set.of("images", "match", "namespaceSelector", "mode", "onUnavailable", "authorities", "threshold"),
                    REFUSED);
            Optional<List<ImageGlob>> images = images();
            Optional<Mode> mode = choice("mode", Mode.class, Mode.ENFORCE);
            boolean unreadable = images.isEmpty() || mode.isEmpty();
            LabelSelector namespaces = namespaces();
            int before = problems.size();
            List<LabelSelector> pods = MatchReader.read(spec);
            boolean podsReadable = problems.size() == before;
            OnUnavailable onUnavailable = choice("onUnavailable", OnUnavailable.class, OnUnavailable.DENY)
                    .orElse(OnUnavailable.DENY);
            List<Authority> authorities = new AuthorityReader(references, conditions).authorities(spec);
            int threshold = threshold(authorities);
            return new ImagePolicy(
                    name,
                    namespace,
                    unreadable ? EVERYTHING : images.orElseThrow(),
                    namespaces,
                    podsReadable ? pods : List.of(),
                    unreadable ? Mode.ENFORCE : mode.orElseThrow(),
                    onUnavailable,
                    authorities,
                    threshold,
                    spec.problem(),
                    ContentDigest.of(authorities, threshold, uids()));
        }

        ImagePolicy refused(String why) {
            Optional<List<ImageGlob>> images = images();
            Optional<Mode> mode = choice("mode", Mode.class, Mode.ENFORCE);
            boolean unreadable = images.isEmpty() || mode.isEmpty();
            LabelSelector namespaces = namespaces();
            int before = problems.size();
            List<LabelSelector> pods = MatchReader.read(spec);
            return new ImagePolicy(
                    metadata.text("name"),
                    namespace,
                    unreadable ? EVERYTHING : images.orElseThrow(),
                    namespaces,
                    problems.size() == before ? pods : List.of(),
                    unreadable ? Mode.ENFORCE : mode.orElseThrow(),
                    OnUnavailable.DENY,
                    List.of(),
                    1,
                    why,
                    ContentDigest.of(List.of(), 1, uids()));
        }

        private LabelSelector namespaces() {
            if (!namespace.isEmpty() && spec.has("namespaceSelector")) {
                spec.at("namespaceSelector").problem("means nothing in an ImagePolicy, which is for its own namespace");
                return LabelSelector.ALL;
            }
            return SelectorReader.read(spec.at("namespaceSelector"));
        }

        /** An object that is made again is another one, whatever it says. */
        private String uids() {
            return metadata.text("uid") + " " + references.uids();
        }

        private Optional<List<ImageGlob>> images() {
            JsonNode list = spec.node().path("images");
            if (!list.isArray() || list.isEmpty()) {
                problems.add("spec.images needs at least one glob");
                return Optional.empty();
            }
            List<ImageGlob> globs = new ArrayList<>();
            int before = problems.size();
            for (Fields image : spec.list("images", Limit.POLICY_GLOBS)) {
                image.only(Set.of("glob"), REFUSED_OF_IMAGES);
                try {
                    ImageGlob glob = new ImageGlob(image.text("glob"));
                    boolean _ = image.at("glob").exceeds(Limit.GLOB_STARS, glob.stars());
                    globs.add(glob);
                } catch (Failure e) {
                    problems.add(image.at("glob").path() + ": " + e.message());
                }
            }
            return problems.size() == before ? Optional.of(globs) : Optional.empty();
        }

        private <E extends Enum<E>> Optional<E> choice(String field, Class<E> type, E byDefault) {
            Fields given = spec.at(field);
            if (!given.present()) {
                return Optional.of(byDefault);
            }
            List<String> names = new ArrayList<>();
            for (E value : type.getEnumConstants()) {
                String name = value.name().toLowerCase(Locale.ROOT);
                if (name.equals(given.node().textValue())) {
                    return Optional.of(value);
                }
                names.add(name);
            }
            given.problem("is \"%s\"; it takes one of %s".formatted(given.shown(), String.join(", ", names)));
            return Optional.empty();
        }

        private int threshold(List<Authority> authorities) {
            Fields given = spec.at("threshold");
            if (!given.present()) {
                return 1;
            }
            long able = authorities.stream()
                    .filter(authority -> !(authority instanceof Authority.StaticFail))
                    .count();
            boolean number = given.node().isIntegralNumber() && given.node().canConvertToInt();
            int threshold = number ? given.node().intValue() : 0;
            if (threshold < 1) {
                given.problem("is %s; it takes a number of 1 or more".formatted(given.shown()));
            } else if (threshold > Math.max(1, able) && problems.isEmpty()) {
                // 1 is what the API server fills in, and a policy of nothing but 'fail' is meant to let nothing through
                given.problem("is %d, but only %d of the authorities could ever pass".formatted(threshold, able));
            }
            if (threshold > 1) {
                refuseSharedKeys(authorities, given);
            }
            return Math.max(1, threshold);
        }

        /** One person who holds a key that stands in two authorities would count as two. */
        private static void refuseSharedKeys(List<Authority> authorities, Fields threshold) {
            Set<String> seen = new HashSet<>();
            for (Authority authority : authorities) {
                if (authority instanceof Authority.Key key) {
                    Set<String> own = new HashSet<>();
                    key.keys().forEach(one -> own.add(one.fingerprint()));
                    own.stream()
                            .filter(fingerprint -> !seen.add(fingerprint))
                            .findFirst()
                            .ifPresent(fingerprint -> threshold.problem(
                                    "counts authorities, and the key %s stands in two of them: give each its own"
                                            .formatted(fingerprint)));
                }
            }
        }
    }
}
