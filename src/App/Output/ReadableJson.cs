using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvNN.App.Output;

/// <summary>
/// JSON that is printed. Beyond ASCII it has escapes: programs that read it, such as PowerShell, may take it for another encoding.
/// </summary>
internal static class ReadableJson
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An indented document.</summary>
    public static string Of(JsonNode document) => Ascii(document.ToJsonString(Options));

    /// <summary>The same JSON in ASCII; what lies beyond can only be inside strings.</summary>
    /// <param name="json">The JSON.</param>
    public static string Ascii(string json) =>
        System.Text.Ascii.IsValid(json) ? json : string.Concat(json.Select(c => char.IsAscii(c) ? $"{c}" : $"\\u{(int)c:x4}"));
}
