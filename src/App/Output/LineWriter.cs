namespace ConvNN.App.Output;

/// <summary>
/// Writes whole lines from any thread, and on a terminal a status line below them that is redrawn in place. When nobody
/// reads them any more (<c>| head -1</c>, a full disk behind a redirection) it falls silent: a lost display must not end
/// a run.
/// </summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="terminal">The terminal that this is, null if it is none.</param>
internal sealed class LineWriter(TextWriter writer, Terminal? terminal = null)
{
    private const string EraseToEnd = "\r\u001b[K";

    private readonly Lock _gate = new();
    private volatile bool _isSilent;
    private string _status = "";

    /// <summary>The terminal, which has a status line; null where there are plain lines only.</summary>
    public Terminal? Terminal => terminal;

    /// <summary>Writes no more: not even a line that waits for the one before it.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>Writes a line; above the status line if there is one.</summary>
    public void Write(string line) => Guarded(() =>
    {
        if (_status.Length == 0)
        {
            writer.WriteLine(line);
            return;
        }

        writer.WriteLine($"{Erasure()}{line}");
        _status = Cut(_status);
        writer.Write(_status);
    });

    /// <summary>Draws the status line anew; does nothing where there is no terminal.</summary>
    /// <param name="status">What it says, cut to the terminal's width; empty takes it away.</param>
    public void Redraw(string status)
    {
        if (terminal is null)
        {
            return;
        }

        Guarded(() =>
        {
            string drawn = Cut(status);
            if (drawn != _status)
            {
                // The cursor ends behind the text: there an echo of ^C stands where the next drawing erases it.
                writer.Write($"{Erasure()}{drawn}");
                _status = drawn;
            }
        });
    }

    private string Cut(string status) => status[..Math.Min(status.Length, terminal!.StatusColumns)];

    // Back to the beginning of an empty line. Spaces need nothing of a terminal, but stay behind the line that comes there,
    // and where a window is narrowed they are broken like a text.
    private string Erasure()
    {
        if (_status.Length == 0)
        {
            return "\r";
        }

        // In a window that has become narrower the old text stands in more lines than one: what is below it must not be joined with it.
        int length = _status.Length + terminal!.Columns - terminal.StatusColumns;
        return (terminal.HasColour ? EraseToEnd : $"\r{new string(' ', Math.Min(length, terminal.Columns))}\r") + (_status.Length > terminal.Columns ? "\n" : "");
    }

    private void Guarded(Action write)
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
                write();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _isSilent = true;
            }
        }
    }
}
