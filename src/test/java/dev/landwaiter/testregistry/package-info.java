/**
 * An OCI registry within this process, over real TLS, with images and signatures made on the spot: for the tests of every module and
 * for the demo. It keeps what it was given in memory, logs what it was asked, and can be told to be slow, private or
 * plainly wrong.
 */
@NullMarked
package dev.landwaiter.testregistry;

import org.jspecify.annotations.NullMarked;
