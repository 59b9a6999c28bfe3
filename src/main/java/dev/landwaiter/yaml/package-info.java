/**
 * The one reader of YAML: every file that people write comes through it. It gives an immutable tree that keeps each scalar's text, style and
 * place, or says where and why a text is refused; and it reads Kubernetes objects exactly as kubectl does, or refuses them.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.yaml;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
