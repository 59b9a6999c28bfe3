/**
 * Every setting as data: its flag, its {@code LANDWAITER_…} variable, its default, its check. The command line, the environment and the
 * documentation all read the same rows, {@link dev.landwaiter.settings.SettingRows}.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.settings;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
