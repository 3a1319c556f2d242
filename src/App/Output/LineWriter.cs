namespace ConvNN.App.Output;

/// <summary>
/// Writes whole lines from any thread and, on a terminal, a status line below them that is redrawn in place. If writing
/// fails (<c>| head -1</c>, or a redirection to a full disk), it falls silent and keeps the reason: the command that asked for the text
/// ends, but losing the display must not end a run.
/// </summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="terminal">The terminal behind the writer; null if there is none.</param>
internal sealed class LineWriter(TextWriter writer, Terminal? terminal = null)
{
    private const string EraseToEnd = "\r\u001b[K";

    private readonly Lock _gate = new();
    private volatile bool _isSilent;
    private volatile Exception? _failure;
    private string _status = "";

    /// <summary>The terminal, which has a status line; null if there are only plain lines.</summary>
    public Terminal? Terminal => terminal;

    /// <summary>The maximum width of a line: that of the terminal, or none.</summary>
    public int Columns => terminal?.Columns ?? int.MaxValue;

    /// <summary>Stops writing, including lines that are still waiting.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>Prints text that was asked for.</summary>
    /// <exception cref="UnprintedException">It, or something before it, cannot be printed.</exception>
    public void Write(string line)
    {
        Show(line);
        ThrowIfLost();
    }

    /// <summary>Prints lines of words; those that do not fit the terminal are wrapped.</summary>
    /// <exception cref="UnprintedException">They cannot be printed.</exception>
    public void WriteWords(params IEnumerable<string> lines)
    {
        foreach (string line in Fold.Long(lines, Columns))
        {
            Write(line);
        }
    }

    /// <summary>Prints a text of several lines that was asked for.</summary>
    /// <param name="text">The program's own text: what others have named must not begin a line.</param>
    /// <exception cref="UnprintedException">It, or something before it, cannot be printed.</exception>
    public void WriteText(string text)
    {
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            Write(line);
        }
    }

    /// <summary>Throws if something could not be printed.</summary>
    /// <exception cref="UnprintedException">Something could not be printed.</exception>
    public void ThrowIfLost()
    {
        if (_failure is { } reason)
        {
            throw new UnprintedException($"stdout cannot be written: {reason.Message.TrimEnd('.')}; redirect it to a place with room.", reason);
        }
    }

    /// <summary>Shows a line that may be lost, as <see cref="PrintedText"/>, above the status line if there is one.</summary>
    /// <param name="line">The line.</param>
    /// <param name="paint">Adds the program's own colours to the printed text.</param>
    public void Show(string line, Func<string, string>? paint = null) => Guarded(() =>
    {
        line = PrintedText.Of(line);
        line = paint?.Invoke(line) ?? line;
        if (_status.Length == 0)
        {
            writer.WriteLine(line);
            return;
        }

        writer.WriteLine($"{Erasure()}{line}");
        _status = Cut(_status);
        writer.Write(_status);
    });

    /// <summary>Redraws the status line; does nothing without a terminal.</summary>
    /// <param name="status">The text, cut to the terminal's width; an empty text removes the line.</param>
    public void Redraw(string status)
    {
        if (terminal is null)
        {
            return;
        }

        Guarded(() =>
        {
            string drawn = Cut(PrintedText.Of(status));
            if (drawn != _status)
            {
                // The cursor ends after the text, so that the next redraw clears an echoed ^C.
                writer.Write($"{Erasure()}{drawn}");
                _status = drawn;
            }
        });
    }

    private string Cut(string status) => status[..Math.Min(status.Length, terminal!.StatusColumns)];

    // Returns to the start of an empty line. Spaces work on any terminal, but stay after the line that is written next, and
    // wrap like text when the window is narrowed.
    private string Erasure()
    {
        if (_status.Length == 0)
        {
            return "\r";
        }

        // In a window that was narrowed, the old text takes several lines; the next line must not continue it.
        int length = _status.Length + terminal!.Columns - terminal.StatusColumns;
        return (terminal.HasColour ? EraseToEnd : $"\r{new string(' ', Math.Min(length, terminal.Columns))}\r") + (_status.Length > terminal.Columns ? "\n" : "");
    }

    private void Guarded(Action write)
    {
        // The thread that holds the lock may be waiting for a paused reader.
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
                _failure = failure;
                _isSilent = true;
            }
        }
    }
}
