using System.Globalization;
using System.Text;
using System.Text.Json;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// Reads JSON into keys and values: <c>{"Training":{"Epochs":3}}</c> is <c>Training:Epochs</c> = <c>3</c>. Unlike the
/// framework's provider it remembers the line of each key, which messages name, and refuses what is too large to be meant.
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
    private readonly Dictionary<string, SettingValue> _values = new(StringComparer.OrdinalIgnoreCase);
    private int _position;
    private int _line = 1;

    private JsonSettings(string name, byte[] json)
    {
        _name = name;
        _json = json;
    }

    /// <summary>Reads JSON, in which comments and trailing commas may stand.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="json">UTF-8, without a byte-order mark.</param>
    /// <exception cref="ConfigurationException">It is not JSON of the form <c>{ … }</c>, or a key stands in it twice.</exception>
    public static IReadOnlyDictionary<string, SettingValue> Read(string name, byte[] json)
    {
        JsonSettings settings = new(name, json);
        try
        {
            settings.Read();
            return settings._values;
        }
        catch (JsonException wrong)
        {
            // The message ends in the place, counted from zero and in bytes.
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

        ReadObject(ref reader, "");
        reader.Read();      // anything behind the object is refused by the reader
    }

    private bool ReadObject(ref Utf8JsonReader reader, string prefix)
    {
        Dictionary<string, int> lines = new(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Advance(reader.TokenStartIndex);
            string key = reader.GetString()!;
            if (!lines.TryAdd(key, _line))
            {
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"{ShownValue.Of(prefix + key)} stands here again, after line {lines[key]}; keep one of them."));
            }

            reader.Read();
            ReadValue(ref reader, prefix + key);
        }

        return lines.Count == 0;
    }

    private bool ReadArray(ref Utf8JsonReader reader, string prefix)
    {
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadValue(ref reader, string.Create(CultureInfo.InvariantCulture, $"{prefix}{count++}"));
        }

        return count == 0;
    }

    private void ReadValue(ref Utf8JsonReader reader, string key)
    {
        Advance(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when ReadObject(ref reader, key + ":"):
                Add(key, EmptyObject, isEmptyContainer: true);
                break;
            case JsonTokenType.StartArray when ReadArray(ref reader, key + ":"):
                Add(key, EmptyArray, isEmptyContainer: true);
                break;
            case JsonTokenType.String:
                Add(key, reader.GetString());
                break;
            case JsonTokenType.Null:
                Add(key, null);
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                Add(key, Encoding.UTF8.GetString(reader.ValueSpan));
                break;
        }
    }

    private void Add(string key, string? text, bool isEmptyContainer = false)
    {
        // A section may also be written into its keys: "Training:Epochs".
        if (!_values.TryAdd(key, new SettingValue(text, string.Create(CultureInfo.InvariantCulture, $"{_name}, line {_line}")) { IsEmptyContainer = isEmptyContainer }))
        {
            throw Refused($"{ShownValue.Of(key)} stands here again, after {_values[key].Origin}; keep one of them.");
        }
    }

    private void Advance(long position)
    {
        _line += _json.AsSpan(_position, (int)position - _position).Count((byte)'\n');
        _position = (int)position;
    }

    private ConfigurationException Refused(string reason) => new(new Failure("", string.Create(CultureInfo.InvariantCulture, $"{_name}, line {_line}: {reason}")));

    private string Place(long line, long position)
    {
        int start = 0;
        for (long i = 0; i < line; i++)
        {
            start += _json.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        int column = Encoding.UTF8.GetCharCount(_json, start, (int)Math.Min(position, _json.Length - start)) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, column {column}");
    }
}
