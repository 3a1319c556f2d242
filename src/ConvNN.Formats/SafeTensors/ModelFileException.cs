using ConvNN.Model;

namespace ConvNN.Formats.SafeTensors;

/// <summary>
/// A model file is missing or invalid. The message is one line: the file, what was found, what was expected, how to fix it.
/// </summary>
/// <param name="message">
/// The one-line message; control characters, which may come from the file, are replaced, and long text is cut.
/// </param>
/// <param name="innerException">The cause.</param>
public sealed class ModelFileException(string message, Exception? innerException = null) : ConvNNException(OneLine(message), innerException)
{
    private const int MaxLength = 1000;

    private static string OneLine(string text)
    {
        string line = string.Concat(text.Take(MaxLength).Select(c => char.IsControl(c) ? '�' : c));
        return text.Length > MaxLength ? line + "…" : line;
    }
}
