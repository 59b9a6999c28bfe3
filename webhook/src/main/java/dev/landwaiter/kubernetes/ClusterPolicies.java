package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster's ClusterImagePolicies, watched, each with its status written back. What was seen last stays in force while the watch is down. */
public final class ClusterPolicies implements PolicySource, AutoCloseable {
    static final ResourceDefinitionContext RESOURCE = new ResourceDefinitionContext.Builder()
            .withGroup("landwaiter.dev")
            .withVersion("v1alpha1")
            .withKind(PolicyReader.KIND)
            .withPlural("clusterimagepolicies")
            .withNamespaced(false)
            .build();

    private static final Logger LOG = LoggerFactory.getLogger(ClusterPolicies.class);
    private static final ObjectMapper TREES = new ObjectMapper();

    private final PolicyReader reader;
    private final PolicyStatusWriter statuses;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final Watching watching;
    private final ConcurrentMap<String, ImagePolicy> policies = new ConcurrentHashMap<>();
    /** How often {@code policies} changed; counted after each change. */
    private final AtomicLong changes = new AtomicLong();
    /** Made when it is asked for, so that a list of many policies makes one set and not one for each. */
    private volatile Made made = new Made(0, PolicySet.EMPTY);

    /** The policies after so many changes, or more. */
    private record Made(long changes, PolicySet policies) {}

    /** Starts to watch at once, and goes on trying where it cannot. */
    public ClusterPolicies(ClusterConnection cluster, PolicyReader reader, InstantSource clock) {
        this.reader = reader;
        this.statuses = new PolicyStatusWriter(cluster, clock);
        this.informer = cluster.client().genericKubernetesResources(RESOURCE).runnableInformer(0);
        SharedIndexInformer<GenericKubernetesResource> _ = informer.addEventHandler(new Events());
        this.watching = Watching.start(informer, "ClusterImagePolicies", LOG);
    }

    /** Whether the policies have been listed. */
    public boolean synced() {
        return informer.hasSynced();
    }

    /**
     * The policies in force.
     *
     * @throws Failure {@code CLUSTER_UNAVAILABLE} before they have been listed: none seen yet is not none
     */
    @Override
    public PolicySet current() {
        if (!synced()) {
            throw new Failure(
                    Code.CLUSTER_UNAVAILABLE,
                    "Could not read the ClusterImagePolicies: they have not been listed yet. Try again; where it lasts, /readyz and the webhook's log say why.");
        }
        Made last = made;
        long now = changes.get();
        if (last.changes() != now) {
            last = new Made(now, new PolicySet(List.copyOf(policies.values())));
            made = last;
        }
        return last.policies();
    }

    private final class Events implements ResourceEventHandler<GenericKubernetesResource> {
        @Override
        public void onAdd(GenericKubernetesResource object) {
            took(object);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            took(object);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
            policies.remove(object.getMetadata().getName());
            statuses.forget(object.getMetadata().getName());
            long _ = changes.incrementAndGet();
        }

        private void took(GenericKubernetesResource object) {
            JsonNode tree = TREES.valueToTree(object);
            ImagePolicy policy = reader.read(tree);
            policies.put(object.getMetadata().getName(), policy);
            long _ = changes.incrementAndGet();
            statuses.write(tree, policy.problem());
        }
    }

    @Override
    public void close() {
        watching.close();
        statuses.close();
    }
}
