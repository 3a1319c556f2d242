using System.Text;
using System.Text.Json;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// Reads JSON into a tree. Unlike the framework's provider, it keeps the line of each value for error messages and rejects
/// duplicate keys.
/// </summary>
internal sealed class JsonSettings
{
    /// <summary>The text of an object without keys, or of an array without elements.</summary>
    public const string EmptyObject = "{}";

    /// <inheritdoc cref="EmptyObject"/>
    public const string EmptyArray = "[]";

    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    private readonly string _name;
    private readonly byte[] _json;
    private readonly ConfigurationNode _root = new();
    private int _position;
    private int _line = 1;

    private JsonSettings(string name, byte[] json)
    {
        _name = name;
        _json = json;
    }

    /// <summary>Reads JSON; comments and trailing commas are allowed.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="json">UTF-8, without a byte-order mark.</param>
    /// <exception cref="ConfigurationException">It is not JSON of the form <c>{ … }</c>, or it has a key twice.</exception>
    public static ConfigurationNode Read(string name, byte[] json)
    {
        JsonSettings settings = new(name, json);
        try
        {
            settings.Read();
            return settings._root;
        }
        catch (JsonException wrong)
        {
            // The message ends with the position, counted from zero and in bytes.
            string reason = wrong.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
            throw new ConfigurationException(new Failure("", $"{name}, {settings.Place(wrong.LineNumber ?? 0, wrong.BytePositionInLine ?? 0)}: {reason}"));
        }
        catch (InvalidOperationException)
        {
            throw settings.Refused("text that is not Unicode; save the file as UTF-8.");
        }
    }

    private void Read()
    {
        Utf8JsonReader reader = new(_json, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Advance(reader.TokenStartIndex);
            throw Refused("a configuration begins with {, since it is an object with sections.");
        }

        ReadObject(ref reader, _root, "");
        reader.Read();      // the reader rejects anything after the object
    }

    private bool ReadObject(ref Utf8JsonReader reader, ConfigurationNode section, string prefix)
    {
        Dictionary<string, int> lines = new(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Advance(reader.TokenStartIndex);
            string key = reader.GetString()!;
            if (!lines.TryAdd(key, _line))
            {
                throw Refused($"{ShownValue.Of(prefix + key)} is already given in line {lines[key]}; keep one of them.");
            }

            // A key may also include its section: "Training:Epochs".
            reader.Read();
            ReadValue(ref reader, ConfigurationNode.PartsOf(key).Aggregate(section, (node, name) => node.Node(name)), prefix + key);
        }

        return lines.Count == 0;
    }

    private bool ReadArray(ref Utf8JsonReader reader, ConfigurationNode list, string prefix)
    {
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string name = $"{count++}";
            ReadValue(ref reader, list.Node(name), prefix + name);
        }

        return count == 0;
    }

    private void ReadValue(ref Utf8JsonReader reader, ConfigurationNode node, string key)
    {
        Advance(reader.TokenStartIndex);
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            node.Begin(Here);
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when ReadObject(ref reader, node, key + ":"):
                Give(node, key, EmptyObject, isEmptyContainer: true);
                break;
            case JsonTokenType.StartArray when ReadArray(ref reader, node, key + ":"):
                Give(node, key, EmptyArray, isEmptyContainer: true);
                break;
            case JsonTokenType.String:
                Give(node, key, reader.GetString());
                break;
            case JsonTokenType.Null:
                Give(node, key, null);
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                Give(node, key, Encoding.UTF8.GetString(reader.ValueSpan));
                break;
        }
    }

    private string Here => $"{_name}, line {_line}";

    private void Give(ConfigurationNode node, string key, string? text, bool isEmptyContainer = false)
    {
        if (node.IsGiven)
        {
            throw Refused($"{ShownValue.Of(key)} is already given in {node.Origin}; keep one of them.");
        }

        node.Give(text, Here, isEmptyContainer);
    }

    private void Advance(long position)
    {
        _line += _json.AsSpan(_position, (int)position - _position).Count((byte)'\n');
        _position = (int)position;
    }

    private ConfigurationException Refused(string reason) => new(new Failure("", $"{_name}, line {_line}: {reason}"));

    private string Place(long line, long position)
    {
        int start = 0;
        for (long i = 0; i < line; i++)
        {
            start += _json.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        int column = Encoding.UTF8.GetCharCount(_json, start, (int)Math.Min(position, _json.Length - start)) + 1;
        return $"line {line + 1}, column {column}";
    }
}
