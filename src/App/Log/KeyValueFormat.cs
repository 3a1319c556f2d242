using System.Buffers;
using System.Text;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Log;

/// <summary>
/// UTC time, the event's word, then <c>key=value</c>, in the invariant culture whatever the user's is. A value is quoted
/// when it is empty or has a space, a quote, <c>=</c>, a backslash or a control character; inside quotes a backslash
/// stands before quotes and backslashes, and control characters are <c>\n</c>, <c>\t</c> or <c>\u001b</c>.
/// </summary>
internal sealed class KeyValueFormat : ILineFormat
{
    /// <summary>How times are written.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly SearchValues<char> Special = SearchValues.Create([' ', '"', '=', '\\', '\u007f', .. Enumerable.Range(0, 32).Select(c => (char)c)]);

    /// <inheritdoc/>
    public string Line(DateTimeOffset time, RunEvent what)
    {
        StringBuilder line = new(time.UtcDateTime.ToString(TimeFormat));
        line.Append(' ').Append(what.Word);
        foreach ((string key, object? value) in what.Fields)
        {
            if (value is not null)
            {
                line.Append(' ').Append(key).Append('=').Append(Quoted(Text(value)));
            }
        }

        return line.ToString();
    }

    private static string Text(object value) => value switch
    {
        bool isTrue => isTrue ? "true" : "false",
        IFormattable number => number.ToString(null, null),
        _ => value.ToString() ?? "",
    };

    private static string Quoted(string text)
    {
        if (text.Length > 0 && text.AsSpan().IndexOfAny(Special) < 0)
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' or '\\' => $"\\{c}",
                '\n' => "\\n",
                '\t' => "\\t",
                _ when char.IsControl(c) => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
