namespace ConvNN.Data.Files;

/// <summary>Reads regular files, and nothing else that a path can point to.</summary>
internal static class RegularFile
{
    /// <summary>Reads the file at <paramref name="path"/>, following links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads the file, given the stream and the name for messages.</param>
    /// <exception cref="DatasetException">
    /// It is missing, unreadable, empty, a folder, a pipe, a socket or a device; or <paramref name="read"/> throws it.
    /// </exception>
    public static T Read<T>(string path, Func<Stream, string, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = OpenRead(path);
            return read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static FileStream OpenRead(string path)
    {
        FileSystemInfo file = new FileInfo(path);
        file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;

        if (File.GetAttributes(file.FullName).HasFlag(FileAttributes.Directory))
        {
            throw new DatasetException($"{path}: is a folder, expected a file.");
        }

        // Opening a pipe waits for its writer, and .NET cannot detect a pipe beforehand. But its length is 0, like that of
        // sockets and devices, and an empty file is of no use either.
        if (new FileInfo(file.FullName).Length == 0)
        {
            throw new DatasetException($"{path}: is empty or not a regular file; get the file again.");
        }

        var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read);

        if (!stream.CanSeek)
        {
            stream.Dispose();
            throw new DatasetException($"{path}: is not a regular file; get the file again.");
        }

        return stream;
    }
}
