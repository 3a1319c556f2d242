using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvNN.Formats.Files;

/// <summary>Puts a folder, which is to say the names of its files, on the disk: what makes a rename outlive a power cut.</summary>
public static partial class FolderSync
{
    private const int ReadOnly = 0;     // O_RDONLY, on every Unix

    /// <summary>Flushes a folder. Windows has no such call and needs none: NTFS keeps a journal of its names.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsBrowser() || OperatingSystem.IsWasi())
        {
            return;
        }

        // .NET opens no folders, but flushes whatever handle it is given.
        using SafeFileHandle folder = new(Open(path, ReadOnly), ownsHandle: true);

        // A folder that may be written but not listed cannot be opened; the file's name is then the system's to keep.
        if (!folder.IsInvalid)
        {
            RandomAccess.FlushToDisk(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
