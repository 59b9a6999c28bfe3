package dev.landwaiter.fetch;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A registry of documents and blobs that notes what it is asked. */
final class FakeRegistry implements Registry {
    private final Map<String, byte[]> documents = new ConcurrentHashMap<>();
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile Runnable before = () -> {};
    private volatile boolean withoutHead;
    private volatile Runnable beforeHead = () -> {};

    /** Keeps {@code document} under {@code repository:tag} and by its digest. */
    @CanIgnoreReturnValue
    Digest put(String repository, String tag, String document) {
        byte[] content = document.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(content);
        documents.put(repository + ":" + tag, content);
        documents.put(repository + "@" + digest, content);
        return digest;
    }

    Digest putBlob(String content) {
        byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(bytes);
        blobs.put(digest.toString(), bytes);
        return digest;
    }

    /** Runs before every answer. */
    void before(Runnable action) {
        before = action;
    }

    /** Runs before every answer to HEAD. */
    void beforeHead(Runnable action) {
        beforeHead = action;
    }

    void withoutHead() {
        withoutHead = true;
    }

    /** {@code GET 1}, {@code HEAD 1}, {@code BLOB sha256:…} so far. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public OciDocument manifest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        asked.add("GET " + reference.identifier());
        before.run();
        return find(reference).orElseThrow(() -> new Failure(Code.IMAGE_NOT_FOUND, "no " + reference.identifier()));
    }

    private Optional<OciDocument> find(ImageReference reference) {
        String key = reference.name()
                + reference.digest().map(digest -> "@" + digest).orElse(":" + reference.identifier());
        return Optional.ofNullable(documents.get(key))
                .map(content -> OciDocument.parse(content, Digest.sha256(content), "", Limits.defaults(), key));
    }

    @Override
    public Optional<OciDocument> findManifest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        return find(reference);
    }

    @Override
    public Optional<Digest> headDigest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        asked.add("HEAD " + reference.identifier());
        before.run();
        beforeHead.run();
        return withoutHead ? Optional.empty() : find(reference).map(OciDocument::digest);
    }

    @Override
    public byte[] blob(
            ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline) {
        asked.add("BLOB " + blob.digest());
        before.run();
        return Optional.ofNullable(blobs.get(blob.digest().toString()))
                .orElseThrow(() -> new Failure(Code.IMAGE_NOT_FOUND, "no " + blob.digest()));
    }

    @Override
    public Partial<Descriptor> referrers(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        return Partial.nothing();
    }
}
