using System.Runtime.InteropServices;

namespace ConvNN.Files;

/// <summary>Tells regular files from devices, pipes and sockets, which must not be replaced by a file.</summary>
internal static partial class SpecialFile
{
    private const int CurrentFolder = -100;     // AT_FDCWD
    private const uint TypeAndMode = 1;         // STATX_TYPE
    private const uint Inode = 0x100;           // STATX_INO
    private const int ModeOffset = 28;          // of stx_mode; the layout is the same on every processor
    private const int InodeOffset = 32;         // of stx_ino
    private const int DeviceOffset = 136;       // of stx_dev_major and stx_dev_minor
    private const int TypeMask = 0xF000;        // S_IFMT
    private const int Regular = 0x8000;         // S_IFREG
    private const string Devices = "/dev/";

    /// <summary>The file that a write replaces: the path, or where it leads if it is a link.</summary>
    /// <param name="path">The path of a file, which may be missing.</param>
    /// <exception cref="IOException">It is a device, a pipe or a socket.</exception>
    public static string Refuse(string path)
    {
        FileInfo file = new(path);
        string target = file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        return Is(target) ? throw new IOException($"'{target}' is a device, a pipe or a socket, not a regular file") : target;
    }

    /// <summary>Whether a path leads to a device, a pipe or a socket.</summary>
    /// <param name="path">The path; what is missing is none.</param>
    public static bool Is(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
        {
            return false;
        }

        Span<byte> status = stackalloc byte[256];
        return OperatingSystem.IsLinux() && Status(CurrentFolder, path, flags: 0, TypeAndMode, status) == 0
            ? (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) != Regular
            : Path.GetFullPath(path).StartsWith(Devices, StringComparison.Ordinal);
    }

    /// <summary>The inode and the device of a file or folder; null where there is none, or the system does not say.</summary>
    public static (ulong Inode, ulong Device)? IdentityOf(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return OperatingSystem.IsLinux() && Status(CurrentFolder, path, flags: 0, Inode, status) == 0
            ? (MemoryMarshal.Read<ulong>(status[InodeOffset..]), MemoryMarshal.Read<ulong>(status[DeviceOffset..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, Span<byte> status);
}
