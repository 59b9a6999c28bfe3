package dev.landwaiter.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test class the one {@link Session}, which is started by the first class that asks and ended after the last. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnRealCluster.SessionResolver.class)
@interface OnRealCluster {

    /** Hands the session to constructors. */
    final class SessionResolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Session.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Session.class))
                    .computeIfAbsent(Started.class, key -> Started.now(), Started.class)
                    .session();
        }
    }

    /** A session, or why there is none: a start that failed is not tried again for every class. */
    record Started(@Nullable Session found, @Nullable Throwable failure) implements AutoCloseable {
        static Started now() {
            try {
                return new Started(Session.start(), null);
            } catch (RuntimeException | AssertionError failure) {
                return new Started(null, failure);
            }
        }

        Session session() {
            if (found == null) {
                throw new IllegalStateException("The session could not be started: " + failure, failure);
            }
            return found;
        }

        @Override
        public void close() {
            if (found != null) {
                found.close();
            }
        }
    }
}
