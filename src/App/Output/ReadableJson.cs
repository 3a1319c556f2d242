using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConvNN.App.Output;

/// <summary>JSON that a command prints: indented, with every character as it is.</summary>
internal static class ReadableJson
{
    /// <summary>The options.</summary>
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
