namespace ConvNN.App.Output;

/// <summary>
/// Writes whole lines from any thread. When nobody reads them any more (<c>| head -1</c>, a full disk behind a
/// redirection) it falls silent: a lost display must not end a run.
/// </summary>
/// <param name="writer">Where the lines go.</param>
internal sealed class LineWriter(TextWriter writer)
{
    private readonly Lock _gate = new();
    private volatile bool _isSilent;

    /// <summary>Writes no more: not even a line that waits for the one before it.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>Writes a line.</summary>
    public void Write(string line)
    {
        // Whoever holds the gate may be waiting for a reader who has paused.
        if (_isSilent)
        {
            return;
        }

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
