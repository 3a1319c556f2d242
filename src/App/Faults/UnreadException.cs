using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary>Some of several pictures cannot be read.</summary>
/// <param name="files">A line for each of them, and a line that counts them.</param>
internal sealed class UnreadException(IReadOnlyList<string> files) : ConvNNException(files[^1])
{
    /// <summary>A line for each of them, and a line that counts them.</summary>
    public IReadOnlyList<string> Files => files;
}
