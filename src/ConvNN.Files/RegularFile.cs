using System.Text;

namespace ConvNN.Files;

/// <summary>
/// Opens files for reading: regular files of a limited size, and nothing else that a path can lead to. A pipe would wait for its
/// writer, and a device may never end.
/// </summary>
public static class RegularFile
{
    /// <summary>Opens a file, following links. Other processes may read, extend, rename and delete it meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The maximum size of the file.</param>
    /// <exception cref="IOException">
    /// It is missing, unreadable, empty, larger than <paramref name="maxBytes"/>, a folder, a pipe, a socket or a device.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Access to it is denied.</exception>
    public static FileStream OpenRead(string path, long maxBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckName(path);
        FileSystemInfo file = new FileInfo(path);
        file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (File.GetAttributes(file.FullName).HasFlag(FileAttributes.Directory))
        {
            throw new IOException("it is a folder, expected a file");
        }

        // Not every system can tell pipes and devices beforehand; but their length is 0, and an empty file is of no use either.
        long length = new FileInfo(file.FullName).Length;
        if (length == 0 || SpecialFile.Is(file.FullName))
        {
            throw new IOException("it is empty or not a regular file");
        }

        return length <= maxBytes
            ? new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : throw new IOException(FormattableString.Invariant($"it has {length:N0} bytes, expected at most {maxBytes:N0}"));
    }

    /// <summary>Refuses a path that was listed but cannot be opened: the system has a name in it in other bytes than those that .NET made of it.</summary>
    /// <param name="path">A file or folder.</param>
    /// <exception cref="IOException">A name is not in UTF-8.</exception>
    public static void CheckName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Contains('\uFFFD') && !Path.Exists(path))
        {
            string name = path.Split(Path.DirectorySeparatorChar).Last(part => part.Contains('\uFFFD'));
            throw new IOException($"the name {name} is not in UTF-8; rename it");
        }
    }

    /// <summary>Opens a file to write at its end, and creates it if it is missing. Other processes may read it meanwhile.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <exception cref="IOException">It cannot be written, or is a folder, a pipe, a socket or a device.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to it is denied.</exception>
    public static FileStream OpenAppend(string path) =>
        new(SpecialFile.Refuse(path), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Reads a file as <see cref="OpenRead"/> opens it, and turns what the system refuses into a fault of the caller's kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads the file, given the stream and the name for messages.</param>
    /// <param name="fault">Makes the exception of a one-line message and its cause.</param>
    /// <param name="maxBytes">The maximum size of the file.</param>
    public static T Read<T>(string path, Func<Stream, string, T> read, Func<string, Exception, Exception> fault, long maxBytes = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(fault);
        try
        {
            using FileStream stream = OpenRead(path, maxBytes);
            return read(stream, path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw fault($"{path}: {Missing(path)}", missing);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw fault($"{path}: cannot be read: {reason.Message.TrimEnd('.')}.", reason);
        }
    }

    private static string Missing(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return !Directory.Exists(folder) ? $"there is no folder {folder}; check the path."
            : new FileInfo(path).LinkTarget is { } target ? $"is a link to {target}, which does not exist; name another file."
            : $"there is no such file in {folder}; check its name, or give its whole path.";
    }

    /// <summary>The whole content of a file that <see cref="OpenRead"/> opens.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path, long maxBytes)
    {
        using FileStream stream = OpenRead(path, Math.Min(maxBytes, Array.MaxLength));
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>The whole content of a text file in UTF-8 that <see cref="OpenRead"/> opens.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static string ReadAllText(string path, long maxBytes)
    {
        using StreamReader reader = new(new MemoryStream(ReadAllBytes(path, maxBytes)), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
