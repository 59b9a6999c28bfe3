/**
 * Where images stand in Kubernetes objects: the image slots of a Pod and of a pod template.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.workload;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
