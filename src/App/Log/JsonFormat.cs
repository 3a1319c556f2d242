using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Log;

/// <summary>One JSON object per line: <c>time</c>, <c>event</c>, then the event's fields. Non-finite numbers are text.</summary>
internal sealed class JsonFormat : ILineFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Line(DateTimeOffset time, RunEvent what)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", time.UtcDateTime.ToString(KeyValueFormat.TimeFormat));
            json.WriteString("event", what.Word);
            foreach ((string key, object? value) in what.Fields)
            {
                if (value is not null)
                {
                    json.WritePropertyName(key);
                    Write(json, value);
                }
            }

            json.WriteEndObject();
        }

        return ReadableJson.Ascii(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool isTrue:
                json.WriteBooleanValue(isTrue);
                break;
            case int or long:
                json.WriteNumberValue(Convert.ToInt64(value));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case IFormattable other:
                json.WriteStringValue(other.ToString(null, null));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }
}
