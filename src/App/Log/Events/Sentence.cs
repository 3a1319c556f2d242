using System.Runtime.CompilerServices;
using System.Text;

namespace ConvNN.App.Log.Events;

/// <summary>
/// A sentence whose values are also fields of the log. The text after the colon of a placeholder is the field's key,
/// optionally followed by a bar and the format: <c>$"step {progress.Step:step|N0} of {name}"</c> has the field <c>step</c>. A format
/// alone makes no field.
/// </summary>
/// <param name="literalLength">The number of characters outside placeholders.</param>
/// <param name="formattedCount">The number of placeholders.</param>
[InterpolatedStringHandler]
internal sealed class Sentence(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength);
    private readonly List<Field> _fields = new(formattedCount);

    /// <summary>The values that have a key.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>A sentence without fields.</summary>
    /// <param name="text">The sentence.</param>
    public static implicit operator Sentence(string text)
    {
        Sentence sentence = new(text.Length, 0);
        sentence.AppendLiteral(text);
        return sentence;
    }

    /// <summary>Adds the text between placeholders.</summary>
    /// <param name="text">The text.</param>
    public void AppendLiteral(string text) => _text.Append(text);

    /// <summary>Adds a value that is not a field.</summary>
    /// <param name="value">The value.</param>
    public void AppendFormatted<T>(T value) => _text.Append($"{value}");

    /// <summary>Adds a field, or a value that is not one.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="format">Its key, which is in lower case, optionally followed by a bar and a format; or a format alone.</param>
    public void AppendFormatted<T>(T value, string format)
    {
        string[] parts = char.IsAsciiLetterLower(format[0]) ? format.Split('|') : ["", format];
        if (parts[0].Length > 0)
        {
            _fields.Add(new Field(parts[0], value));
        }

        _text.Append(string.Format(null, parts.Length > 1 ? $"{{0:{parts[1]}}}" : "{0}", value));
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
