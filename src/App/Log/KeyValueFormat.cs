using System.Buffers;
using System.Text;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Log;

/// <summary>
/// UTC time, the event's word, then <c>key=value</c> pairs, always in the invariant culture. A value is quoted if it is
/// empty or contains a space, a quote, <c>=</c>, a backslash or a control or format character. Inside quotes, quotes and backslashes
/// are escaped by a backslash, and control and format characters are <c>\n</c>, <c>\t</c> or <c>\u001b</c>.
/// </summary>
internal sealed class KeyValueFormat : ILineFormat
{
    /// <summary>The format of times.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly SearchValues<char> Special = SearchValues.Create([' ', '"', '=', '\\']);

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
        if (text.Length > 0 && text.AsSpan().IndexOfAny(Special) < 0 && text.EnumerateRunes().All(PrintedText.IsShown))
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' or '\\' => $"\\{rune}",
                '\n' => "\\n",
                '\t' => "\\t",
                _ => PrintedText.IsShown(rune) ? rune.ToString() : PrintedText.Escaped(rune),
            });
        }

        return quoted.Append('"').ToString();
    }
}
