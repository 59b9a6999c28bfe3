package dev.landwaiter.app;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.Recording;
import dev.landwaiter.http.RecordingTransport;
import dev.landwaiter.http.ReplayingTransport;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** What a verb does with the answers of registries besides using them: nothing, keep them in a file, or take them from one. */
public final class EvidenceTape {
    private final boolean records;
    private final Optional<Recording> replayed;
    private final AtomicReference<Optional<RecordingTransport>> recorder = new AtomicReference<>(Optional.empty());

    private EvidenceTape(boolean records, Optional<Recording> replayed) {
        this.records = records;
        this.replayed = replayed;
    }

    public static EvidenceTape none() {
        return new EvidenceTape(false, Optional.empty());
    }

    public static EvidenceTape recording() {
        return new EvidenceTape(true, Optional.empty());
    }

    /** One that answers from {@code file}. */
    public static EvidenceTape replaying(Path file, Limits limits) {
        String what = "evidence \"" + file + "\"";
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = limits.read(in, Limit.EVIDENCE_BYTES, what);
            return new EvidenceTape(false, Optional.of(Recording.parse(content, limits, what)));
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read evidence \"%s\": %s. Give a file that 'landwaiter policy test --record FILE' wrote."
                            .formatted(file, Files.exists(file) ? e.getMessage() : "there is no such file"),
                    e);
        }
    }

    public boolean replays() {
        return replayed.isPresent();
    }

    /** The references that the evidence was recorded for. */
    public List<String> images() {
        return replayed.map(Recording::images).orElse(List.of());
    }

    HttpTransport around(HttpTransport transport, Limits limits) {
        if (replayed.isPresent()) {
            return new ReplayingTransport(replayed.get());
        }
        if (!records) {
            return transport;
        }
        RecordingTransport recording = new RecordingTransport(transport, limits);
        recorder.set(Optional.of(recording));
        return recording;
    }

    /** Writes what was recorded of {@code images}. */
    public void write(Path file, Collection<String> images) {
        try {
            Files.write(file, recorder.get().orElseThrow().recording(images).toJson());
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not write evidence \"%s\": %s. Name a file in a folder that can be written to."
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
