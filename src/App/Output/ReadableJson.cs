using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConvNN.App.Output;

/// <summary>Options for printed JSON: indented, with characters unescaped.</summary>
internal static class ReadableJson
{
    /// <summary>The options.</summary>
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
