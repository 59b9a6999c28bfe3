package dev.landwaiter.app;

import dev.landwaiter.policy.PolicyFolder;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for changes of a policy folder, whatever file system it is on, and says in the log what came of them. */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final PolicyFolder folder;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("policy-folder").factory());
    private String told = "";

    FolderWatch(PolicyFolder folder) {
        this.folder = folder;
        var _ = scheduler.scheduleWithFixedDelay(this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (folder.reload()) {
            LOG.info(
                    "{} policies are in force now, from the folder",
                    folder.current().policies().size());
        }
        String problem = folder.problem().map(failure -> failure.message()).orElse("");
        if (!problem.isEmpty() && !problem.equals(told)) {
            LOG.error("{} The last good policies stay in force.", problem);
        }
        told = problem;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
