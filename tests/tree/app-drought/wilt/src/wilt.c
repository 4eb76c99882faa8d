#error "there is no water"
