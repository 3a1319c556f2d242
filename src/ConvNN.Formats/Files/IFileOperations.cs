namespace ConvNN.Formats.Files;

/// <summary>
/// What files that must not be lost are written with. Each call may fail as the system's does, with
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; a test lets the n-th one fail, for every n.
/// </summary>
public interface IFileOperations
{
    /// <summary>Creates a file that does not exist yet, for writing.</summary>
    FileStream Create(string path);

    /// <summary>Gives a file another name, in one operation of the file system; a file of that name is replaced.</summary>
    void Move(string path, string target);

    /// <summary>Deletes a file, if it is there.</summary>
    void Delete(string path);

    /// <summary>Creates a folder and those above it, unless they are there.</summary>
    void CreateFolder(string path);

    /// <summary>Gives a folder another name, in one operation of the file system; nothing of that name is there.</summary>
    void MoveFolder(string path, string target);

    /// <summary>Deletes a folder and what is in it.</summary>
    void DeleteFolder(string path);

    /// <summary>Puts the names in a folder on the disk.</summary>
    void FlushFolder(string path);
}
