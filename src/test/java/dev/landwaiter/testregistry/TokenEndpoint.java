package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Gives tokens out: by GET to anyone or to a user with Basic, by POST for a refresh token. */
final class TokenEndpoint {
    private final AccessControl access;
    private final Duration tokenLife;

    TokenEndpoint(AccessControl access, Duration tokenLife) {
        this.access = access;
        this.tokenLife = tokenLife;
    }

    void answer(HttpServerRequest request, Buffer body) {
        String authorization =
                Optional.ofNullable(request.getHeader("authorization")).orElse("");
        boolean post = request.method().equals(HttpMethod.POST);
        Map<String, String> form = form(
                post ? body.toString() : Optional.ofNullable(request.query()).orElse(""));
        Optional<String> user = post
                ? access.refreshUser(form.getOrDefault("refresh_token", ""))
                : authorization.isEmpty() ? Optional.of("") : access.basicUser(authorization);
        if (user.isEmpty()) {
            Answers.error(request, 401, "UNAUTHORIZED", "incorrect username or password");
            return;
        }
        String token = access.grant(user.get(), form.getOrDefault("scope", ""));
        ObjectNode answer = RegistryContent.JSON.createObjectNode();
        answer.put(post ? "access_token" : "token", token).put("expires_in", tokenLife.toSeconds());
        Answers.json(request, 200, answer.toString(), "application/json");
    }

    private static Map<String, String> form(String encoded) {
        Map<String, String> form = new ConcurrentHashMap<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }
}
