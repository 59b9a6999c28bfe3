package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A result to print.
 *
 * @param json for programs
 * @param text for people
 */
record PrintedResult(JsonNode json, String text) {}
