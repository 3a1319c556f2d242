using System.Globalization;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>
/// The checkpoints of a run. Each is a folder, built under a temporary name with its manifest written last, then renamed, so
/// that at any instant and after any fault either the previous or the new one is whole.
/// </summary>
public sealed class CheckpointStore : IDisposable
{
    /// <summary>The folder's name in that of a run.</summary>
    public const string DefaultName = "checkpoints";

    /// <summary>The name of the file that names the latest checkpoint.</summary>
    public const string LatestName = "latest";

    private const int MaxNameBytes = 64;
    private const string LockName = ".lock";

    private readonly FileLock _lock;
    private readonly IFileOperations _files;
    private readonly KnownFolder _known;

    private CheckpointStore(string folder, FileLock heldLock, IFileOperations files)
    {
        _known = new KnownFolder(folder);
        Folder = folder;
        _lock = heldLock;
        _files = files;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What the user should know if the disk cannot lock the folder; null if it can.</summary>
    public string? LockWarning => _lock.Warning;

    /// <summary>Opens a folder for writing, and removes what a killed process has left unfinished in it.</summary>
    /// <param name="folder">The folder; created if it is missing.</param>
    /// <param name="files">The file operations; null for those of the system.</param>
    /// <exception cref="CheckpointWriteException">The folder cannot be written, or another process is writing into it.</exception>
    public static CheckpointStore Open(string folder, IFileOperations? files = null)
    {
        files ??= SystemFiles.Instance;
        FileLock? held = null;
        try
        {
            files.CreateFolder(folder);
            held = FileLock.Take(Path.Combine(folder, LockName));
            AtomicFile.RemoveStrays(folder, files);
            return new CheckpointStore(folder, held, files);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new CheckpointWriteException($"{folder}: cannot be written, or another run is writing to it: {reason.Message.TrimEnd('.')}; name another folder, or wait for that run.", reason);
        }
    }

    /// <summary>Whether a process has the folder open for writing, <see cref="FileLock.IsHeld"/>; null where that cannot be told.</summary>
    /// <param name="folder">The folder.</param>
    public static bool? IsInUse(string folder) => FileLock.IsHeld(Path.Combine(folder, LockName));

    /// <summary>The names of the checkpoints in a folder, the newest first; which of them are whole is not looked at.</summary>
    public static IReadOnlyList<CheckpointName> Names(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(folder).Select(path => CheckpointName.TryParse(Path.GetFileName(path))).OfType<CheckpointName>().OrderByDescending(name => name.Order)]
        : [];

    /// <summary>The newest whole checkpoint with state; null where there is none. Walks back over damaged ones.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onSkipped">Told why a newer one was passed over.</param>
    public static Checkpoint? Newest(string folder, Action<string> onSkipped)
    {
        foreach (CheckpointName name in FromLatest(folder, onSkipped))
        {
            try
            {
                Checkpoint checkpoint = Checkpoint.Open(Path.Combine(folder, name.ToString()));
                if (checkpoint.Manifest.HasState)
                {
                    return checkpoint;
                }

                onSkipped($"{checkpoint.Folder}: contains only metadata.");
            }
            catch (CheckpointException damaged)
            {
                onSkipped(damaged.Message);
            }
        }

        return null;
    }

    /// <summary>Writes a checkpoint, and makes it the latest. When this throws, those before it are as they were.</summary>
    /// <param name="network">The network.</param>
    /// <param name="subject">What the network is trained on.</param>
    /// <param name="run">What run it is.</param>
    /// <param name="progress">Where in it.</param>
    /// <param name="state">The state; null to keep metadata alone.</param>
    /// <returns>The name of its folder.</returns>
    /// <exception cref="ModelFileException">A weight is not finite; nothing is written.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public CheckpointName Save(Network network, ModelSubject subject, RunIdentity run, TrainingProgress progress, TrainingState? state)
    {
        _known.Check();
        CheckpointName name = CheckpointName.Of(progress);
        string path = Path.Combine(Folder, name.ToString());
        if (state is not null)
        {
            ModelFile.CheckFinite(path, network.Layout, state.Weights.Span);
        }

        string temporary = AtomicFile.TemporaryName(path);
        try
        {
            _files.CreateFolder(temporary);
            Dictionary<string, CheckpointFile> written = state is null ? [] : WriteState(temporary, network, subject, state);
            CheckpointManifest manifest = new(
                typeof(CheckpointStore).Assembly.GetName().Version!.ToString(3), progress.Abridged(), run, state is null ? null : network.Layout.Hash(state.Weights.Span), written);
            _ = WriteFile(temporary, CheckpointManifest.Name, manifest.Write, []);
            _files.FlushFolder(temporary);
            Replace(temporary, path, manifest.WeightsSha256);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            AtomicFile.Attempt(() => _files.DeleteFolder(temporary));
            throw;
        }

        _files.FlushFolder(Folder);
        AtomicFile.Write(Path.Combine(Folder, LatestName), stream => stream.Write(System.Text.Encoding.ASCII.GetBytes($"{name}\n")), _files);
        return name;
    }

    /// <summary>Deletes the checkpoints before one, but for the newest of them and the best. What cannot be deleted stays.</summary>
    /// <param name="latest">The newest one. Later checkpoints, left from before the run was resumed, are kept.</param>
    /// <param name="keep">How many stay, with the one.</param>
    /// <param name="best">The epoch after which the best one was written, which is kept, too; null for none.</param>
    public void Prune(CheckpointName latest, int keep, int? best)
    {
        IEnumerable<CheckpointName> old = Names(Folder).Where(name => name.Order.CompareTo(latest.Order) <= 0).Skip(keep);
        foreach (CheckpointName name in old.Where(name => best is null || name.Epoch != best))
        {
            AtomicFile.Attempt(() =>
            {
                // Its name goes first, so that no half of it is ever taken for a damaged one.
                string path = Path.Combine(Folder, name.ToString());
                string doomed = AtomicFile.TemporaryName(path);
                _files.MoveFolder(path, doomed);
                _files.DeleteFolder(doomed);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>The checkpoint that <c>latest</c> names; null if there is no such file yet, as after a kill behind the first checkpoint.</summary>
    /// <param name="folder">The folder of the checkpoints.</param>
    /// <exception cref="CheckpointException">The file cannot be read, or names none.</exception>
    public static CheckpointName? Latest(string folder)
    {
        string path = Path.Combine(folder, LatestName);
        try
        {
            return CheckpointName.TryParse(RegularFile.ReadAllText(path, MaxNameBytes).Trim())
                ?? throw new CheckpointException($"{path}: does not name a checkpoint.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {reason.Message.TrimEnd('.')}.", reason);
        }
    }

    /// <summary>The folder of the checkpoint that a path names, if it is the path of a file <c>latest</c>; any other path as it is.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="CheckpointException">It is such a file, but names no checkpoint.</exception>
    public static string Follow(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        return Path.GetFileName(path) == LatestName && Names(folder.Length == 0 ? "." : folder).Count > 0 && Latest(folder) is { } latest
            ? Path.Combine(folder, latest.ToString())
            : path;
    }

    /// <summary>The latest first, then all others from the newest on.</summary>
    private static IEnumerable<CheckpointName> FromLatest(string folder, Action<string> onSkipped)
    {
        IReadOnlyList<CheckpointName> names = Names(folder);
        CheckpointName? latest = null;
        try
        {
            latest = Latest(folder);
            if (latest is { } named && names is [var newest, ..] && newest != named)
            {
                onSkipped($"{Path.Combine(folder, newest.ToString())}: is newer than {named}, which {LatestName} names; to take it, name it.");
            }
        }
        catch (CheckpointException unreadable)
        {
            onSkipped(unreadable.Message);
        }

        return names.OrderByDescending(name => name == latest);
    }

    private Dictionary<string, CheckpointFile> WriteState(string folder, Network network, ModelSubject subject, TrainingState state)
    {
        Parameter[] trained = [.. network.Layout.Parameters.Where(parameter => parameter.IsTrained)];
        Dictionary<string, CheckpointFile> written = new(StringComparer.Ordinal);
        foreach ((string name, AlignedBuffer values) in Checkpoint.WeightFiles(state))
        {
            written[name] = WriteFile(folder, name, stream => ModelFile.Write(stream, network, values, subject), network.Layout.InFileOrder);
        }

        foreach ((string buffer, AlignedBuffer values) in state.Optimizer)
        {
            string name = Checkpoint.OptimizerFile(buffer);
            written[name] = WriteFile(
                folder, name, stream => SafeTensorsFile.Write(stream, trained, values.Span, new Dictionary<string, string>()), trained);
        }

        return written;
    }

    private CheckpointFile WriteFile(string folder, string name, Action<Stream> write, IEnumerable<Parameter> tensors)
    {
        using FileStream stream = _files.Create(Path.Combine(folder, name));
        using HashingStream hashing = new(stream);
        write(hashing);
        _files.Flush(stream);
        return new CheckpointFile(hashing.Length, hashing.Hash(), [.. tensors.Select(tensor => string.Create(CultureInfo.InvariantCulture, $"{tensor.Name} [{string.Join(", ", tensor.Dimensions)}]"))]);
    }

    /// <summary>Renames the finished folder. One of the same name, of a run that took this way before, makes room, unless it is as good.</summary>
    private void Replace(string temporary, string path, string? weights)
    {
        if (!Directory.Exists(path))
        {
            _files.MoveFolder(temporary, path);
            return;
        }

        bool isAsGood = false;
        try
        {
            isAsGood = weights is not null && Checkpoint.Open(path).Manifest.WeightsSha256 == weights;
        }
        catch (CheckpointException)
        {
            // That is why the run was resumed from an earlier checkpoint.
        }

        string doomed = isAsGood ? temporary : AtomicFile.TemporaryName(path);
        if (!isAsGood)
        {
            _files.MoveFolder(path, doomed);
            _files.MoveFolder(temporary, path);
        }

        AtomicFile.Attempt(() => _files.DeleteFolder(doomed));
    }
}
