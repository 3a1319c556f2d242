namespace ConvNN.Files;

/// <summary>
/// A folder that a process works in for long, told by its device and inode from another of the same name. Writing by name alone
/// would make a second folder, or fill a stranger's, once the first was moved, renamed or deleted.
/// </summary>
/// <remarks>Systems without these numbers only tell whether there is a folder; Windows moves none that has open files.</remarks>
/// <param name="path">The folder, which exists.</param>
public sealed class KnownFolder(string path)
{
    private readonly (ulong Inode, ulong Device)? _identity = SpecialFile.IdentityOf(path);

    /// <summary>Whether its path still leads to it.</summary>
    public bool IsInPlace => Directory.Exists(path) && SpecialFile.IdentityOf(path) == _identity;

    /// <summary>Checks that its path still leads to it; call it before each write.</summary>
    /// <exception cref="IOException">It was moved, renamed or deleted.</exception>
    public void Check()
    {
        if (!IsInPlace)
        {
            throw new IOException($"'{path}' was moved, renamed or deleted meanwhile");
        }
    }
}
