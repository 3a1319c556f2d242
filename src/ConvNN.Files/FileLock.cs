using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvNN.Files;

/// <summary>
/// A file that only one process at a time has locked. The system releases the lock of a process that dies. Some network disks cannot
/// lock: there a second file, which must not exist yet, keeps others away.
/// </summary>
/// <remarks>The runtime locks files by itself, but takes a lock that cannot be had for one that it has.</remarks>
public sealed partial class FileLock : IDisposable
{
    private const int SharedWithoutWaiting = 1 | 4;         // LOCK_SH | LOCK_NB, on every Unix
    private const int ExclusiveWithoutWaiting = 2 | 4;      // LOCK_EX | LOCK_NB
    private const int Interrupted = 4;                      // EINTR
    private const string ExclusiveSuffix = ".exclusive";

    private readonly FileStream _held;
    private readonly FileStream? _exclusive;

    private FileLock(FileStream held, FileStream? exclusive, string? warning)
    {
        _held = held;
        _exclusive = exclusive;
        Warning = warning;
    }

    /// <summary>What the user should know if the disk cannot lock; null if it can.</summary>
    public string? Warning { get; }

    /// <summary>Takes the lock. The file remains when it is released: otherwise two processes could lock two files of the same name.</summary>
    /// <param name="path">The file; created if it is missing.</param>
    /// <exception cref="IOException">Another process has it, or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileLock Take(string path)
    {
        FileStream held = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            return Refusal(held.SafeFileHandle, ExclusiveWithoutWaiting) is not { } reason ? new FileLock(held, null, null)
                : new FileLock(held, CreateExclusive(path + ExclusiveSuffix), $"{path}: the disk cannot lock files ({reason}); {path + ExclusiveSuffix} keeps other processes away instead, and must be removed by hand if this one is killed");
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether a process has the lock, wherever it runs: in another container its number and its machine's name mean nothing here. It
    /// is null where that cannot be told: there is no such file, it may not be read, or the disk cannot lock.
    /// </summary>
    /// <param name="path">The file.</param>
    public static bool? IsHeld(string path)
    {
        if (!File.Exists(path) || SpecialFile.Is(path))
        {
            return null;
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Refusal(file.SafeFileHandle, SharedWithoutWaiting) is null ? false : null;
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exclusive?.Dispose();
        _held.Dispose();
    }

    /// <summary>Why the system has not locked a file; null if it has. A lock that another process has is refused when the file is opened.</summary>
    private static string? Refusal(SafeFileHandle file, int operation)
    {
        int error = Interrupted;
        while (!OperatingSystem.IsWindows() && error == Interrupted)
        {
            error = Lock(file, operation) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }

        return OperatingSystem.IsWindows() || error == 0 ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    private static FileStream CreateExclusive(string path)
    {
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new IOException($"the disk cannot lock files, and '{path}' is there: another process uses the folder, or was killed; remove it if none does");
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
