using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvNN.Files;

/// <summary>
/// Flushes files and folders to disk, and reports what the system answers. The runtime's own <c>Flush(true)</c> does not: on Unix it
/// takes a failed <c>fsync</c> for a success.
/// </summary>
/// <remarks>
/// After a failure the content of the file is unknown, and a second <c>fsync</c> may succeed without writing it: write the content to a
/// new file instead.
/// </remarks>
public static partial class DiskSync
{
    private const int ReadOnly = 0;             // O_RDONLY, on every Unix
    private const int Interrupted = 4;          // EINTR
    private const int CannotBeFlushed = 22;     // EINVAL, of pipes, terminals and other special files

    /// <summary>Flushes a file's content.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">The content is not on the disk.</exception>
    public static void Flush(FileStream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Flush();
        Flush(file.SafeFileHandle, file.Name);
    }

    /// <summary>Flushes a folder, that is the names of its files. Windows has no such call and needs none: NTFS keeps a journal of names.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The names are not on the disk.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET cannot open folders. One that can be written but not listed cannot be opened; its names are then left to the system.
        using SafeFileHandle folder = new(Open(path, ReadOnly), ownsHandle: true);
        if (!folder.IsInvalid)
        {
            Flush(folder, path);
        }
    }

    private static void Flush(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
        {
            // FlushFileBuffers, whose failure is thrown; or F_FULLFSYNC, which empties the drive's cache, too.
            RandomAccess.FlushToDisk(handle);
        }

        while (!OperatingSystem.IsWindows() && Synchronize(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == CannotBeFlushed)
            {
                return;
            }

            if (error != Interrupted)
            {
                throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}' could not be flushed to disk");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(SafeFileHandle handle);
}
