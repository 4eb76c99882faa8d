def main():
    print("greetings from python")
