using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvNN.Formats.Files;

/// <summary>Flushes a folder, that is the names of its files, to disk, so that a rename survives a power cut.</summary>
public static partial class FolderSync
{
    private const int ReadOnly = 0;     // O_RDONLY, on every Unix

    /// <summary>Flushes a folder. Windows has no such call and needs none: NTFS keeps a journal of names.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsBrowser() || OperatingSystem.IsWasi())
        {
            return;
        }

        // .NET cannot open folders, but can flush any handle.
        using SafeFileHandle folder = new(Open(path, ReadOnly), ownsHandle: true);

        // A folder that can be written but not listed cannot be opened; the name is then left to the system.
        if (!folder.IsInvalid)
        {
            RandomAccess.FlushToDisk(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
