namespace ConvNN.App.Output;

/// <summary>
/// Writes whole lines from any thread. When nobody reads them any more (<c>| head -1</c>, a full disk behind a
/// redirection) it falls silent: a lost display must not end a run.
/// </summary>
/// <param name="writer">Where the lines go.</param>
internal sealed class LineWriter(TextWriter writer)
{
    private readonly Lock _gate = new();
    private bool _isSilent;

    /// <summary>Writes a line.</summary>
    public void Write(string line)
    {
        lock (_gate)
        {
            if (_isSilent)
            {
                return;
            }

            try
            {
                writer.WriteLine(line);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _isSilent = true;
            }
        }
    }
}
