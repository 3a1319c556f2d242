using System.Runtime.CompilerServices;
using System.Text;

namespace ConvNN.App.Log.Events;

/// <summary>
/// A sentence whose figures are fields of the log as well. What follows the colon of a hole is the field's key, and behind a
/// bar the format of the sentence: <c>$"step {progress.Step:step|N0} of {name}"</c> has the field <c>step</c>.
/// </summary>
/// <param name="literalLength">Characters outside holes.</param>
/// <param name="formattedCount">Holes.</param>
[InterpolatedStringHandler]
internal sealed class Sentence(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength);
    private readonly List<Field> _fields = new(formattedCount);

    /// <summary>The figures that have a key.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>A sentence without figures.</summary>
    /// <param name="text">The sentence.</param>
    public static implicit operator Sentence(string text)
    {
        Sentence sentence = new(text.Length, 0);
        sentence.AppendLiteral(text);
        return sentence;
    }

    /// <summary>Adds what stands between holes.</summary>
    /// <param name="text">The text.</param>
    public void AppendLiteral(string text) => _text.Append(text);

    /// <summary>Adds what is no field.</summary>
    /// <param name="value">What it is.</param>
    public void AppendFormatted<T>(T value) => _text.Append($"{value}");

    /// <summary>Adds a figure.</summary>
    /// <param name="value">The figure.</param>
    /// <param name="format">Its key, then a bar and a format where it has one.</param>
    public void AppendFormatted<T>(T value, string format)
    {
        string[] parts = format.Split('|');
        _fields.Add(new Field(parts[0], value));
        _text.Append(string.Format(null, parts.Length > 1 ? $"{{0:{parts[1]}}}" : "{0}", value));
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
