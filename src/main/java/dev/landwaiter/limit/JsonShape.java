package dev.landwaiter.limit;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON document must look like for all its readers to read the same: which fields its objects have, and of which type each is.
 * {@link ShapedJson} holds a document to it. {@code null} may stand for any value, as in Go, and is then as absent as in Go.
 */
public sealed interface JsonShape {
    /** A value without parts, or one whose parts do not matter. */
    enum Leaf implements JsonShape {
        /** A string. */
        TEXT("a string"),
        /** A string of Base64, padded and without line breaks. */
        BASE64("a string of Base64"),
        /** A whole number that fits 64 bits, written without fraction and exponent. */
        WHOLE("a whole number"),
        /** {@code true} or {@code false}. */
        FLAG("true or false"),
        /** Whatever it is. Of one that is kept, only that it is there is kept. */
        ANYTHING("anything");

        private final String what;

        Leaf(String what) {
            this.what = what;
        }

        @Override
        public String what() {
            return what;
        }
    }

    /** An array. */
    record Items(JsonShape item) implements JsonShape {
        @Override
        public String what() {
            return "a list";
        }
    }

    /** An object whose keys are anybody's, such as labels: readers compare them as they are written. */
    record Named(JsonShape value) implements JsonShape {
        @Override
        public String what() {
            return "an object";
        }
    }

    /**
     * An object whose fields are known. Other fields may stand in it, for whoever knows them; but none that some reader takes for one of
     * these, and no two that some reader takes for one.
     */
    final class Known implements JsonShape {
        private final Map<String, Field> fields;
        private final Map<String, String> spellings = new HashMap<>();

        private Known(Map<String, Field> fields) {
            this.fields = Map.copyOf(fields);
            fields.keySet().forEach(name -> spellings.put(FoldedKey.of(name), name));
        }

        @Nullable
        Field field(String name) {
            return fields.get(name);
        }

        /** How the field is spelled that some reader takes a key for that folds to {@code folded}; null where there is none. */
        @Nullable
        String spelling(String folded) {
            return spellings.get(folded);
        }

        @Override
        public String what() {
            return "an object";
        }
    }

    /**
     * A field of an object.
     *
     * @param kept whether its value is of use; else it is checked and passed over
     */
    record Field(JsonShape shape, boolean kept) {}

    /** What a value of it is, to complete 'it is not …'. */
    String what();

    /** An object, whose fields follow. */
    static Fields object() {
        return new Fields();
    }

    /** A list of strings. */
    static JsonShape texts() {
        return new Items(Leaf.TEXT);
    }

    /** The fields of an object that is being described. */
    final class Fields {
        private final Map<String, Field> fields = new HashMap<>();

        private Fields() {}

        /** Fields that are of use. */
        public Fields keeps(JsonShape shape, String... names) {
            return with(new Field(shape, true), names);
        }

        /** Fields that are not looked at: that they are as they should be is all. */
        public Fields checks(JsonShape shape, String... names) {
            return with(new Field(shape, false), names);
        }

        private Fields with(Field field, String... names) {
            for (String name : names) {
                fields.put(name, field);
            }
            return this;
        }

        public Known build() {
            return new Known(fields);
        }
    }
}
