using ConvNN.Model;

namespace ConvNN.Data.Download;

/// <summary>A mirror does not deliver a file; the message is the reason, as the end of a sentence. The next mirror is tried.</summary>
/// <param name="message">The reason.</param>
/// <param name="innerException">The cause.</param>
internal sealed class MirrorException(string message, Exception? innerException = null) : ConvNNException(Printable(message), innerException)
{
    private const int MaxLength = 300;

    // It may contain text from a server, and is printed on a terminal.
    private static string Printable(string message) => string.Concat(
        message.Take(MaxLength).Select(c => char.IsControl(c) ? ' ' : c));
}
