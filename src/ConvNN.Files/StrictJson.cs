using System.Text.Json;

namespace ConvNN.Files;

/// <summary>
/// Reads JSON in which an object has each name only once. The framework can tell that as well, but for a large object it asks OpenSSL
/// for random numbers, which ends the process on a Linux without it.
/// </summary>
public static class StrictJson
{
    /// <summary>Parses a document.</summary>
    /// <param name="json">The document in UTF-8.</param>
    /// <param name="maxDepth">How deeply it may be nested.</param>
    /// <exception cref="JsonException">It is not JSON, is nested more deeply, or has a name twice in an object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, int maxDepth)
    {
        JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });
        try
        {
            Check(document.RootElement);
            return document;
        }
        catch (Exception wrong)
        {
            document.Dispose();

            // InvalidOperationException: half a surrogate pair, such as \ud800, which is not valid text.
            throw wrong is InvalidOperationException ? new JsonException(wrong.Message, wrong) : wrong;
        }
    }

    private static void Check(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Check(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw new JsonException($"'{property.Name}' is there twice.");
                }

                Check(property.Value);
            }
        }
    }
}
