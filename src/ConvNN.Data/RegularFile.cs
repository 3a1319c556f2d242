namespace ConvNN.Data;

/// <summary>Opens files that have a length and an end, and nothing else that a path can name.</summary>
internal static class RegularFile
{
    /// <summary>Opens the file at <paramref name="path"/>, following links.</summary>
    /// <exception cref="DatasetException">It is empty, a folder, a pipe, a socket or a device.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path)
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
