using System.Runtime.InteropServices;

namespace ConvNN.Files;

/// <summary>The file operations of the system.</summary>
public sealed partial class SystemFiles : IFileOperations
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);
    private const int FolderMode = 0x1FF;       // rwxrwxrwx, less the process's umask

    // Long enough for a virus scanner, a backup or an evaluation to let go of a file.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);

    private readonly Func<Exception, bool> _isHeld;
    private readonly Action<TimeSpan> _wait;

    /// <summary>Creates the operations; a test decides what a file that is in use looks like, and how one waits.</summary>
    /// <param name="isHeld">Whether a move failed because another program has the file or a file of the folder open.</param>
    /// <param name="wait">Waits.</param>
    internal SystemFiles(Func<Exception, bool> isHeld, Action<TimeSpan> wait)
    {
        _isHeld = isHeld;
        _wait = wait;
    }

    /// <summary>The only instance.</summary>
    public static SystemFiles Instance { get; } = new(reason => OperatingSystem.IsWindows() && IsHeldOnWindows(reason), Wait);

    /// <inheritdoc/>
    public FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    /// <inheritdoc/>
    public void Flush(FileStream file) => DiskSync.Flush(file);

    /// <inheritdoc/>
    public void Move(string path, string target) => Patiently(() => File.Move(path, target, overwrite: true));

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void CreateFolder(string path)
    {
        // On Unix a folder may be moved while its files are open, and .NET's call would then create it anew.
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (MakeFolder(path, FolderMode) != 0 && Marshal.GetLastPInvokeError() is int error && !Directory.Exists(path))
        {
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}' could not be created");
        }
    }

    /// <inheritdoc/>
    public void MoveFolder(string path, string target) => Patiently(() => Directory.Move(path, target));

    /// <inheritdoc/>
    public void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    /// <inheritdoc/>
    public void FlushFolder(string path) => DiskSync.FlushFolder(path);

    /// <summary>Whether Windows refused a move because a file is open elsewhere; a reader that allows no deletion makes it "access denied".</summary>
    internal static bool IsHeldOnWindows(Exception reason) =>
        reason is UnauthorizedAccessException or IOException { HResult: SharingViolation or LockViolation };

    private static void Wait(TimeSpan time)
    {
        using ManualResetEventSlim never = new();
        never.Wait(time);
    }

    /// <summary>Tries a move until it succeeds, fails for another reason, or patience ends.</summary>
    private void Patiently(Action move)
    {
        TimeSpan waited = TimeSpan.Zero;
        for (TimeSpan next = FirstWait; ; next *= 2)
        {
            try
            {
                move();
                return;
            }
            catch (Exception reason) when (waited < Patience && _isHeld(reason))
            {
                _wait(next);
                waited += next;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolder(string path, int mode);
}
