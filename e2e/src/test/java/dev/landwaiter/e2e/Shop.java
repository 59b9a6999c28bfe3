package dev.landwaiter.e2e;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A tenant whose images of {@code shop/} need a signature.
 *
 * @param images of the session
 * @param tenant whose namespace is opted in
 * @param signed an image that may come in
 * @param unsigned one that may not
 */
record Shop(Images images, Tenant tenant, PushedImage signed, PushedImage unsigned) {
    static Shop open(Session session) {
        Images images = session.images();
        Shop shop = new Shop(
                images,
                session.tenant("shop"),
                images.pushSigned("shop/api:1"),
                images.pushUnsigned("shop/unsigned:1"));
        shop.tenant.policy("signed", shop.spec());
        return shop;
    }

    /** What the policy says, for another tenant. */
    String spec() {
        return Tenant.signedBy(
                images.address(Registry.WITHOUT_REFERRERS_API) + "/shop/**", images.key(KeyKind.ECDSA_P256));
    }

    String policy() {
        return tenant.namespace() + "-signed";
    }

    /** The record of an image that came in by its signature. */
    JsonNode verified(PushedImage image) {
        return Records.verified(image, policy(), images.key(KeyKind.ECDSA_P256));
    }

    static String image(JsonNode pod) {
        return pod.at("/spec/containers/0/image").asText();
    }
}
