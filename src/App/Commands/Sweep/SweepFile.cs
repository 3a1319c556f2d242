using System.Text;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Files;

namespace ConvNN.App.Commands.Sweep;

/// <summary>
/// <c>sweep.csv</c>: a row for each trial, appended and flushed to disk when the trial has finished, so that a kill loses none.
/// Only one process at a time writes a file; the files of other parts may be read meanwhile.
/// </summary>
internal sealed class SweepFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileLock _lock;
    private readonly FileStream _stream;
    private readonly string[] _columns;

    private SweepFile(FileLock held, FileStream stream, string[] columns)
    {
        _lock = held;
        _stream = stream;
        _columns = columns;
    }

    /// <summary>What the user should know if the disk cannot lock the folder; null if it can.</summary>
    public string? LockWarning => _lock.Warning;

    /// <summary>Opens a part's file and adds missing columns for varied keys.</summary>
    /// <param name="folder">The folder; created if necessary.</param>
    /// <param name="part">The part.</param>
    /// <param name="keys">The varied keys.</param>
    /// <exception cref="OutputException">It cannot be written, or another process is writing it.</exception>
    /// <exception cref="RunFileException">It is not such a file; it is left unchanged.</exception>
    public static SweepFile Open(string folder, SweepPart part, IEnumerable<string> keys)
    {
        string path = Path.Combine(folder, part.FileName);
        FileLock held = Guarded(folder, () =>
        {
            Directory.CreateDirectory(folder);
            return Lock(folder, part.FileName);
        });
        try
        {
            return Guarded(path, () =>
            {
                AtomicFile.RemoveStrays(folder, name: part.FileName);
                IReadOnlyList<TrialRow> rows = Path.Exists(path) ? Read(path) : [];
                string[] columns = [.. TrialRow.Columns.Concat(rows.SelectMany(row => row.Varied.Keys)).Concat(keys).Distinct()];
                string text = string.Concat(rows.Select(row => row.Texts(columns)).Prepend(columns).Select(line => Csv.Line(line) + "\n"));
                AtomicFile.Write(path, text);
                FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
                stream.Seek(0, SeekOrigin.End);
                return new SweepFile(held, stream, columns);
            });
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>All rows of all parts' files in a folder; empty if the folder does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="RunFileException">A file cannot be read, or is not such a file.</exception>
    public static IReadOnlyList<TrialRow> ReadAll(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFileSystemEntries(folder, SweepPart.FilePattern).Order(StringComparer.Ordinal).SelectMany(Read)]
        : [];

    /// <summary>Appends a row, from any thread; it is on the disk when the call returns.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Append(TrialRow row)
    {
        lock (_gate)
        {
            _ = Guarded(_stream.Name, () =>
            {
                long before = _stream.Position;
                try
                {
                    _stream.Write(Encoding.UTF8.GetBytes(Csv.Line(row.Texts(_columns)) + "\n"));
                    DiskSync.Flush(_stream);
                    return 0;
                }
                catch
                {
                    // A partial row would corrupt the next one, which may still succeed.
                    _stream.SetLength(before);
                    throw;
                }
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _lock.Dispose();
    }

    private static IReadOnlyList<TrialRow> Read(string path)
    {
        int line = 1;
        try
        {
            IReadOnlyList<string[]> lines = Csv.Read(path);
            List<TrialRow> rows = [];
            foreach (string[] texts in lines.Skip(1))
            {
                line++;
                rows.Add(TrialRow.Of(lines[0], texts));
            }

            return rows;
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException)
        {
            throw new RunFileException($"{path}, line {line}: is not a row of a sweep ({wrong.Message.TrimEnd('.')}); fix or remove it, or name another folder with --output.", wrong);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFileException($"{path}: cannot be read: {wrong.Message.TrimEnd('.')}; name another folder with --output.", wrong);
        }
    }

    private static FileLock Lock(string folder, string name)
    {
        string path = Path.Combine(folder, $".{name}.lock");
        try
        {
            return FileLock.Take(path);
        }
        catch (IOException reason) when (File.Exists(path))
        {
            throw new OutputException($"{Path.Combine(folder, name)}: another process is writing it; wait for it, give each process its own --part, or name another folder with --output: {reason.Message}", reason);
        }
    }

    private static T Guarded<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{path}: cannot be written: {reason.Message.TrimEnd('.')}; make room there, or name another folder with --output.", reason);
        }
    }
}
