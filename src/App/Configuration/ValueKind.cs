using System.Text.Json.Nodes;

namespace ConvNN.App.Configuration;

/// <summary>
/// What a setting holds: how it is read from text, always in the invariant culture, what is said when it cannot be, how
/// it is written as JSON, and how a schema describes it.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Rule">The end of the sentence <c>Training:Epochs is ten; …</c></param>
/// <param name="TryParse">Reads the value.</param>
/// <param name="ToJson">Writes the value, so that it can be read again.</param>
/// <param name="Schema">The JSON schema of such values.</param>
internal sealed record ValueKind<T>(string Rule, TryParse<T> TryParse, Func<T, JsonNode?> ToJson, JsonObject Schema);

/// <summary>Reads a value from text, if it is one.</summary>
/// <typeparam name="T">The value.</typeparam>
internal delegate bool TryParse<T>(string text, out T value);
