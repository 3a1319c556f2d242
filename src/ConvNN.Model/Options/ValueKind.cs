using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>
/// The kind of value that an option holds: its type and range, how a value is parsed from text (always in the invariant
/// culture) and written as JSON, and its JSON schema. <see cref="ValueKinds"/> lists the available kinds.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="rule">The end of the sentence <c>Training:Epochs is ten; it must be …</c></param>
/// <param name="tryParse">Reads a value of the type; the range is checked by <paramref name="isInRange"/>.</param>
/// <param name="isInRange">Whether a value of the type is in range.</param>
/// <param name="toJson">Writes a value in a form that can be read back.</param>
/// <param name="schema">The JSON schema of the allowed values.</param>
public sealed class ValueKind<T>(Func<string> rule, TryParse<T> tryParse, Func<T, bool> isInRange, Func<T, JsonNode?> toJson, Func<JsonObject> schema)
{
    /// <summary>What a value must be, as the end of a sentence. It may change as types are registered.</summary>
    public string Rule => rule();

    /// <summary>Reads a value; false if the text is not an allowed one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    public bool TryRead(string text, out T value) => tryParse(text, out value) && isInRange(value);

    /// <summary>Whether a value is allowed.</summary>
    public bool IsAllowed(T value) => isInRange(value);

    /// <summary>The value as JSON.</summary>
    public JsonNode? ToJson(T value) => toJson(value);

    /// <summary>The JSON schema of the allowed values.</summary>
    public JsonObject Schema() => schema();
}

/// <summary>Parses a value from text; false if the text is not one.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="text">The text.</param>
/// <param name="value">The value.</param>
public delegate bool TryParse<T>(string text, out T value);
