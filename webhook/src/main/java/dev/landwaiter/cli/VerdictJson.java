package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import java.util.List;
import java.util.Locale;

/** Verdicts as programs read them. */
final class VerdictJson {
    private VerdictJson() {}

    static void write(ObjectNode json, Verdict verdict) {
        json.put("verdict", name(verdict));
        switch (verdict) {
            case Verdict.Verified(List<Evidence> evidence) -> evidence(json.putArray("evidence"), evidence);
            case Verdict.Rejected(Code code, String message) ->
                json.put("code", code.name()).put("message", message);
            case Verdict.Unavailable(Code code, String message) ->
                json.put("code", code.name()).put("message", message);
        }
    }

    static String name(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Verified _ -> "verified";
            case Verdict.Rejected _ -> "rejected";
            case Verdict.Unavailable _ -> "unavailable";
        };
    }

    private static void evidence(ArrayNode list, List<Evidence> evidence) {
        for (Evidence one : evidence) {
            ObjectNode json = list.addObject()
                    .put("authority", one.authority())
                    .put("format", format(one.format()))
                    .put("signed", String.valueOf(one.signed()))
                    .put("signer", one.signer());
            if (!one.attestation().isEmpty()) {
                json.put("attestation", one.attestation());
            }
            if (one.time() != null) {
                json.put("time", one.time().toString());
            }
            if (one.log() != null) {
                json.put("log", one.log().log()).put("logIndex", one.log().index());
            }
        }
    }

    /** {@code sigstore-bundle}. */
    static String format(Evidence.Format format) {
        return format.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In one line, for people: who signed, what, when, and where it is logged. */
    static String line(Evidence one) {
        if (!one.ofSignature()) {
            return "passes everything";
        }
        StringBuilder line = new StringBuilder();
        if (!one.attestation().isEmpty()) {
            line.append("attestation ").append(one.attestation()).append(" ");
        }
        line.append("by ").append(one.signer());
        if (one.time() != null) {
            line.append(", ").append(one.time());
        }
        if (one.log() != null) {
            line.append(", %s index %d".formatted(one.log().log(), one.log().index()));
        }
        if (one.way() == Evidence.Way.EVERY_MANIFEST) {
            line.append(", every manifest");
        }
        return line.toString();
    }
}
