using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>
/// What an option holds: its type and range, how a value is read from text, always in the invariant culture, how it is
/// written as JSON, and how a JSON schema describes it. <see cref="ValueKinds"/> has the kinds there are.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="rule">The end of the sentence <c>Training:Epochs is ten; it must be …</c></param>
/// <param name="tryParse">Reads a value of the type; the range is checked by <paramref name="isInRange"/>.</param>
/// <param name="isInRange">Whether a value of the type is in range.</param>
/// <param name="toJson">Writes a value, so that it can be read again.</param>
/// <param name="schema">The JSON schema of the values that are allowed.</param>
public sealed class ValueKind<T>(Func<string> rule, TryParse<T> tryParse, Func<T, bool> isInRange, Func<T, JsonNode?> toJson, Func<JsonObject> schema)
{
    /// <summary>What a value must be: the end of a sentence. It may grow as types are registered.</summary>
    public string Rule => rule();

    /// <summary>Reads a value that is allowed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    public bool TryRead(string text, out T value) => tryParse(text, out value) && isInRange(value);

    /// <summary>Whether a value, however it was made, is allowed.</summary>
    public bool IsAllowed(T value) => isInRange(value);

    /// <summary>The value as JSON.</summary>
    public JsonNode? ToJson(T value) => toJson(value);

    /// <summary>The JSON schema of the values that are allowed.</summary>
    public JsonObject Schema() => schema();
}

/// <summary>Reads a value from text, if it is one.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="text">The text.</param>
/// <param name="value">The value.</param>
public delegate bool TryParse<T>(string text, out T value);
