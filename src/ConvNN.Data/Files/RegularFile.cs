namespace ConvNN.Data.Files;

/// <summary>Reads files that have a length and an end, and nothing else that a path can name.</summary>
internal static class RegularFile
{
    /// <summary>Reads the file at <paramref name="path"/>, following links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads it, given what messages call it.</param>
    /// <exception cref="DatasetException">It is missing, cannot be read, or is empty, a folder, a pipe, a socket or a device; or what reading it throws.</exception>
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

        // To open a pipe is to wait for its writer, and .NET has no call that tells one beforehand. But its length
        // is 0, like that of sockets and devices, and an empty file is of no use either.
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
