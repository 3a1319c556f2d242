using System.Text;
using ConvNN.App.Log.Events;
using ConvNN.Files;

namespace ConvNN.App.Log;

/// <summary>
/// <c>log.txt</c>: every event of a run as a line of <c>key=value</c>, regardless of what stdout shows. Events before the
/// run's folder exists are buffered and written first.
/// </summary>
/// <remarks>Not thread-safe; the caller synchronizes access.</remarks>
internal sealed class LogFile : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Name = "log.txt";

    private readonly KeyValueFormat _format = new();
    private readonly List<string> _early = [];
    private FileStream? _stream;

    /// <summary>Creates the file and writes the buffered events.</summary>
    /// <param name="path">The file; it must not exist yet, unless a run is resumed.</param>
    /// <param name="isResumed">Whether a run is resumed, so that its file is appended to.</param>
    /// <exception cref="IOException">It exists, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public void Open(string path, bool isResumed)
    {
        _stream = isResumed
            ? RegularFile.OpenAppend(path)
            : new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _early.ForEach(Write);
        _early.Clear();
    }

    /// <summary>Writes an event, or buffers it until the file is open.</summary>
    /// <param name="time">When it happened.</param>
    /// <param name="what">What happened.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(DateTimeOffset time, RunEvent what)
    {
        foreach (RunEvent part in what.Parts)
        {
            string line = _format.Line(time, part);
            if (_stream is null)
            {
                _early.Add(line);
            }
            else
            {
                Write(line);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private void Write(string line) => _stream!.Write(Encoding.UTF8.GetBytes(line + "\n"));
}
