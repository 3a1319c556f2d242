using ConvNN.Model;

namespace ConvNN.Data.Download;

/// <summary>A mirror does not give a file: the reason, as the end of a sentence. The next mirror is asked.</summary>
/// <param name="message">The reason.</param>
/// <param name="innerException">What caused it.</param>
internal sealed class MirrorException(string message, Exception? innerException = null) : ConvNNException(Printable(message), innerException)
{
    private const int MaxLength = 300;

    // Parts of it may be a server's words, and are printed on a terminal.
    private static string Printable(string message) => string.Concat(
        message.Take(MaxLength).Select(c => char.IsControl(c) ? ' ' : c));
}
