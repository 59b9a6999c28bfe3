package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.sigstore.Signer;
import dev.landwaiter.sigstore.Stated;
import dev.landwaiter.verify.Sighting;
import dev.landwaiter.verify.SignatureSurvey;
import java.time.Instant;

/** What lies beside an image, under a name that says that nobody verified it. */
final class SurveyJson {
    /** Of a text that anybody may have written. */
    private static final int MOST = 500;

    private SurveyJson() {}

    static void write(ObjectNode json, SignatureSurvey.Survey survey) {
        ArrayNode list = json.putArray("signaturesNotVerified");
        for (Sighting sighting : survey.sightings()) {
            switch (sighting) {
                case Sighting.Found found -> found(list.addObject(), found);
                case Sighting.Other(String where, String why) ->
                    list.addObject().put("where", where).put("problem", Shown.of(why, MOST));
            }
        }
        for (Failure failure : survey.failures()) {
            list.addObject().put("problem", failure.message());
        }
    }

    private static void found(ObjectNode json, Sighting.Found found) {
        json.put("where", found.where()).put("format", VerdictJson.format(found.format()));
        if (found.predicateType() != null) {
            json.put("attestation", Shown.of(found.predicateType(), MOST));
        }
        Stated stated = found.stated();
        stated.signer().ifPresent(signer -> signer(json, signer));
        if (!stated.log().isEmpty()) {
            ArrayNode log = json.putArray("log");
            for (Stated.Entry entry : stated.log()) {
                ObjectNode one = log.addObject().put("index", entry.index()).put("logId", entry.logId());
                if (entry.time() != null) {
                    one.put("time", entry.time().toString());
                }
            }
        }
        if (!stated.timestamps().isEmpty()) {
            ArrayNode times = json.putArray("timestamps");
            stated.timestamps().stream().map(Instant::toString).forEach(times::add);
        }
    }

    private static void signer(ObjectNode json, Signer signer) {
        switch (signer) {
            case Signer.Key key -> json.put("key", key.fingerprint());
            case Signer.Certificate certificate ->
                json.put("subject", Shown.of(certificate.subject(), MOST))
                        .put("issuer", Shown.of(certificate.issuer(), MOST));
        }
    }
}
